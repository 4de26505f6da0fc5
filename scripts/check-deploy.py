"""What scripts/check-deploy checks of the files themselves.

    python check-deploy.py ROOT [PROGRAM]
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import kubernetes_validate
import yaml

KUBERNETES = "1.37"
root = Path(sys.argv[1])
program = sys.argv[2] if len(sys.argv) > 2 else None


def fail(sentence):
    sys.exit(f"check-deploy: {sentence}")


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def validate(document, source):
    try:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        fail(f"{source}: {document.get('kind')} is not valid: {error.message}")


def check_drain(source, pod, drain):
    """The pause, the drain, the threads' half second and a collector's ten end before SIGKILL."""
    pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    needed = pause + drain + 0.5 + 10
    if needed >= pod["terminationGracePeriodSeconds"]:
        fail(f"{source}: to end may take {needed} s, and the pod is killed after "
             f"{pod['terminationGracePeriodSeconds']} s")


def check_kubernetes():
    folder = root / "deploy/kubernetes"
    listed = documents(folder / "kustomization.yaml")[0]["resources"]
    present = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
    if set(listed) != present:
        fail(f"kustomization.yaml lists {sorted(listed)} and there are {sorted(present)}")
    objects = {}
    for name in listed:
        for document in documents(folder / name):
            validate(document, name)
            objects[document["kind"]] = document
    deployment, service = objects["Deployment"], objects["Service"]
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    for kind, selector in [
        ("Deployment", deployment["spec"]["selector"]["matchLabels"]),
        ("Service", service["spec"]["selector"]),
        ("PodDisruptionBudget", objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]),
    ]:
        if not selector.items() <= labels:
            fail(f"the {kind} selects {selector}, which the pods are not")
    container = template["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for port in service["spec"]["ports"]:
        if port["targetPort"] not in ports:
            fail(f"the Service has the port {port['targetPort']}, which the pods have not")
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"]:
        if container[probe]["httpGet"]["port"] not in ports:
            fail(f"the {probe} asks a port that the pods have not")
    volumes = {volume["name"] for volume in template["spec"]["volumes"]}
    if volumes != {mount["name"] for mount in container["volumeMounts"]}:
        fail("the volumes and what is mounted are not the same")
    target = objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    if (target["kind"], target["name"]) != ("Deployment", deployment["metadata"]["name"]):
        fail(f"the HPA scales {target}, not the Deployment")
    options = json.loads(objects["ConfigMap"]["data"]["serve.json"])
    if (options["port"], options["httpPort"], options["grpcPort"]) != tuple(ports.values()):
        fail(f"serve.json has other ports than the container: {ports}")
    if "replicas" in deployment["spec"]:
        fail("the Deployment says how many replicas there are, which is the HPA's to say")
    check_drain("deployment.yaml", template["spec"], options["drain"])
    print(f"Kubernetes {KUBERNETES}: {', '.join(sorted(objects))} are valid and agree")
    return options


def check_options(options):
    """`hi serve` reads the file and ends at the first file of it that is not here, a certificate."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(options, file)
        file.flush()
        ran = subprocess.run([program, "serve", "--config", file.name], capture_output=True, text=True)
    if ran.returncode != 1 or options["tlsCert"] not in ran.stderr:
        fail(f"hi serve does not take serve.json: {ran.stderr.strip()}")
    print("ConfigMap: hi serve knows its options")


def check_kserve():
    service, policy = documents(root / "deploy/kserve/inference-service.yaml")
    validate(policy, "inference-service.yaml")
    if (service["apiVersion"], service["kind"]) != ("serving.kserve.io/v1beta1", "InferenceService"):
        fail(f"inference-service.yaml is {service['kind']} of {service['apiVersion']}")
    predictor = dict(service["spec"]["predictor"])
    for name in ["minReplicas", "maxReplicas"]:
        predictor.pop(name)
    if [container["name"] for container in predictor["containers"]] != ["kserve-container"]:
        fail("KServe takes a container by the name kserve-container")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": service["metadata"], "spec": predictor}
    validate(pod, "inference-service.yaml")
    selected = policy["spec"]["podSelector"]["matchLabels"]
    if selected != {"serving.kserve.io/inferenceservice": service["metadata"]["name"]}:
        fail(f"the NetworkPolicy selects {selected}, which the predictor's pods are not")
    arguments = predictor["containers"][0]["args"]
    check_drain("inference-service.yaml", predictor, int(arguments[arguments.index("--drain") + 1]))
    print("KServe: the predictor is a valid pod, and its NetworkPolicy selects it")


def check_containerfile():
    text = (root / "deploy/Containerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    instructions = [line.split(maxsplit=1) for line in lines if line.strip()]
    if instructions[0][0] != "FROM":
        fail("the Containerfile does not begin with FROM")
    for name, rest in instructions:
        if name == "COPY" and not rest.startswith("--from="):
            for source in rest.split()[:-1]:
                if not (root / source).exists():
                    fail(f"the Containerfile copies {source}, which there is not")
    last = [line[0] for line in instructions].index("FROM", 1)
    users = [rest for name, rest in instructions[last:] if name == "USER"]
    if not users or users[-1].split(":")[0] in ("0", "root"):
        fail("the Containerfile's image runs as root")
    print("Containerfile: what it copies is there, and it does not run as root")


options = check_kubernetes()
if program:
    check_options(options)
check_kserve()
check_containerfile()
