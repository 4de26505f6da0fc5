"""The comparison as Markdown."""

PROTOCOLS = {
    "rest-json": "REST, JSON",
    "rest-binary": "REST, binary",
    "grpc": "gRPC",
    "wire": "HI wire",
}
PEERS = ("fastapi", "mlserver")


def _grouped(cells, keys):
    rows = {}
    for cell in cells:
        rows.setdefault(tuple(cell[key] for key in keys), {})[cell["server"]] = cell
    return rows


def _table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _throughput(cells):
    head = ["client, protocol", "connections", "hi", "FastAPI", "MLServer"]
    head += ["hi / FastAPI", "hi / MLServer", "answers ready", "bound", "bound / FastAPI", "bound / MLServer"]
    head.append("client's cores")
    rows = []
    for (client, protocol, connections), row in _grouped(cells, ("client", "protocol", "connections")).items():
        rates = {name: cell["perSecond"] for name, cell in row.items()}
        line = [f"{client}, {PROTOCOLS[protocol]}", str(connections)]
        line += [f"{rates[name]:,.0f}" if name in rates else "-" for name in ("hi", *PEERS)]
        line += [f"{rates['hi'] / rates[name]:.1f}" if name in rates else "-" for name in PEERS]
        line.append(f"{rates['canned']:,.0f}" if "canned" in rates else "-")
        bound = row.get("canned", {}).get("boundPerSecond")
        line.append(f"{bound:,.0f}" if bound else "-")
        line += [f"{bound / rates[name]:.1f}" if bound and name in rates else "-" for name in PEERS]
        line.append(" ".join(f"{cell['clientCores']:.2f}" for cell in row.values()))
        rows.append(line)
    return _table(head, rows)


def _equal_load(cells):
    head = ["protocol", "offered a second", "hi p99 ms", "FastAPI", "MLServer"]
    head += ["hi / FastAPI", "hi / MLServer"]
    rows = []
    for (protocol, rate), row in _grouped(cells, ("protocol", "offeredPerSecond")).items():
        late = {name: cell["p99Ms"] for name, cell in row.items()}
        line = [PROTOCOLS[protocol], f"{rate:,.0f}"]
        for name in ("hi", *PEERS):
            line.append("-" if name not in late else f"{late[name]:.2f}" if late[name] else "behind")
        for name in PEERS:
            both = late["hi"] and late.get(name)
            line.append(f"{late['hi'] / late[name]:.2f}" if both else "-")
        rows.append(line)
    return _table(head, rows)


def markdown(report):
    """A model's two tables."""
    return "\n\n".join(
        [
            f"### `{report['model']}`: requests a second",
            _throughput(report["throughput"]),
            f"### `{report['model']}`: p99 at equal load, {report['connections']} connections",
            _equal_load(report["equalLoad"]),
            "",
        ]
    )
