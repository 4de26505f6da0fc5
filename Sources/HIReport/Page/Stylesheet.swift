/// How drawings and pages look: light and dark by what the reader prefers, light on paper.
enum Stylesheet {
  private static let seriesColours = Palette.colours.enumerated().map { "--s\($0):\($1)" }
    .joined(separator: ";")
  private static let light =
    "--paper:#ffffff;--card:#ffffff;--ink:#1b1f24;--quiet:#59626d;--grid:#e3e7ec;--edge:#d4dae1;"
    + "--good:#d8f0e6;--ground:#f4f6f8;--link:#00558a"
  private static let dark =
    "--paper:#181c21;--card:#181c21;--ink:#e8ebef;--quiet:#a3adb8;--grid:#2c333b;--edge:#333b45;"
    + "--good:#173c30;--ground:#0f1215;--link:#7cc4f5"

  private static let series = Palette.colours.indices.map {
    ".f\($0){fill:var(--s\($0))}.l\($0){stroke:var(--s\($0))}"
  }.joined()

  /// What drawings need, in a page or alone.
  static let drawing = """
    :root{\(seriesColours);\(light)}
    @media (prefers-color-scheme:dark){:root{\(dark)}}
    @media print{:root{\(light)}}
    .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    .chart text{fill:var(--ink)}.chart .tick,.chart .quantity{fill:var(--quiet)}
    .chart .value{font-variant-numeric:tabular-nums}.chart .heading{font-size:15px;font-weight:600}
    .chart .end{text-anchor:end}.chart .middle{text-anchor:middle}
    .grid{stroke:var(--grid);stroke-width:1}.line{fill:none;stroke-width:2;stroke-linejoin:round}
    .dot{stroke:var(--paper);stroke-width:1}.hollow{fill:var(--paper);stroke-width:2}
    .bar{stroke:var(--ink);stroke-opacity:.35;stroke-width:.6}
    .whisker{stroke:var(--ink);stroke-width:1.4;fill:none}
    .reference{stroke:var(--ink);stroke-width:1.4;stroke-dasharray:4 3}
    .requirement{fill:var(--good);stroke:var(--s2);stroke-width:.8}
    .target{fill:transparent}.paper{fill:var(--paper)}
    \(series)
    """

  /// What a page needs beside.
  static let page =
    drawing + """

      *{box-sizing:border-box}html{color-scheme:light dark}
      body{margin:0;background:var(--ground);color:var(--ink);
      font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
      main,header,footer{max-width:1360px;margin:0 auto;padding:0 20px}
      header{padding-top:28px}h1{font-size:26px;line-height:1.25;margin:0 0 8px}
      h2{font-size:20px;margin:36px 0 4px}h3{font-size:15.5px;line-height:1.35;margin:0 0 10px}
      p{margin:6px 0;max-width:85ch}.quiet{color:var(--quiet)}a{color:var(--link)}
      .lead{font-size:17px}nav{margin:12px 0 0}nav{display:flex;flex-wrap:wrap;gap:4px 16px}nav a{white-space:nowrap}
      .figures{display:grid;gap:16px;margin-top:12px;align-items:start;
      grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr))}
      .card{background:var(--card);border:1px solid var(--edge);border-radius:10px;margin:0;
      padding:16px 16px 12px;min-width:0;display:flex;flex-direction:column}
      .card svg{width:100%;height:auto;display:block;margin-bottom:auto}
      .card.wide{grid-column:1/-1}figcaption{color:var(--quiet);font-size:13.5px;margin-top:8px}
      details{margin-top:8px;font-size:13.5px}summary{cursor:pointer;color:var(--link)}
      .scroll{overflow-x:auto;max-height:320px;margin-top:6px}.scroll.full{max-height:none}
      table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
      th,td{padding:3px 12px 3px 0;text-align:right;white-space:nowrap;
      border-bottom:1px solid var(--grid)}
      th{color:var(--quiet);font-weight:600}th:first-child,td:first-child,td.words,th.words{text-align:left}
      td.long{white-space:normal;text-align:left;min-width:16ch;overflow-wrap:anywhere}
      code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
      .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:12px}
      .sample{margin:0;font-size:12.5px;line-height:1.35;overflow-wrap:anywhere}
      .sample img{width:96px;height:96px;image-rendering:pixelated;display:block;
      border:1px solid var(--edge);border-radius:4px;margin-bottom:4px;background:#000}
      footer{padding:28px 20px 40px;color:var(--quiet);font-size:13.5px}
      @media (max-width:480px){main,header,footer{padding-left:12px;padding-right:12px}
      .card{padding:12px 10px}h1{font-size:22px}}
      @media print{body{background:#fff;font-size:11pt}nav,details,.download{display:none}
      .figures{grid-template-columns:1fr 1fr}.card{break-inside:avoid}h2{break-after:avoid}}
      """
}
