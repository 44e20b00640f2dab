/** The whole look of a report: no fonts, pictures or scripts from anywhere, and pages that print. */
export const STYLE = `
:root{--ink:#1c2430;--soft:#5b6675;--rule:#dfe4ea;--tint:#f5f7f9;--accent:#14557b;--up:#2f7d62;--down:#b3543c;--more:#14557b;--less:#c98b3c}
*{box-sizing:border-box}
html{font:15px/1.55 -apple-system,"Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif;color:var(--ink);background:#fff;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0 auto;max-width:800px;padding:48px 36px 64px}
header{border-top:5px solid var(--accent);padding-top:22px;margin-bottom:30px}
h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
.sub{font-size:17px;color:var(--accent);margin:0 0 14px}
.facts{color:var(--soft);font-size:13px;margin:0}
h2{font-size:20px;line-height:1.3;margin:42px 0 12px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:16px;margin:26px 0 8px}
p{margin:0 0 12px;max-width:68ch}
ul{margin:0 0 14px;padding-left:20px}li{margin:0 0 7px;max-width:68ch}li p{margin:0}
a.n{color:inherit;text-decoration:none;border-bottom:1px dotted #9fb0be}
a.n:hover,a.n:focus{background:#e6f0f6}
a.q{color:inherit;text-decoration:none}
.sub strong{font-weight:inherit}
sup.own{font-size:.7em;line-height:0}sup.own a{color:#8a5a12;text-decoration:none}
.note{background:var(--tint);border-left:3px solid #c9a227;padding:9px 14px;font-size:13.5px;max-width:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:18px 0 22px;padding:0;list-style:none}
.tiles li{background:var(--tint);border-radius:6px;padding:13px 15px;margin:0;break-inside:avoid}
.tiles .k{display:block;color:var(--soft);font-size:12.5px}
.tiles .v{display:block;font-size:24px;font-weight:600;line-height:1.25;margin-top:2px}
.tiles .c{display:block;font-size:13px;margin-top:1px;color:var(--soft)}
.tiles .good{color:var(--up)}.tiles .bad{color:var(--down)}
.tiles a.n{border-bottom:0}
table{border-collapse:collapse;width:100%;margin:14px 0 22px;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
th{text-align:left;font-weight:600;border-bottom:2px solid var(--ink);padding:5px 10px 5px 0;vertical-align:bottom;font-size:12.5px}
td{border-bottom:1px solid var(--rule);padding:6px 10px 6px 0;vertical-align:top}
th.num,td.num{text-align:right;padding-right:0;padding-left:12px}
td.num,.nw{white-space:nowrap}
.num+td:not(.num),.num+th:not(.num){padding-left:20px}
td a.n{border-bottom:0}
tr{break-inside:avoid}thead{display:table-header-group}
figure{margin:20px 0 6px;break-inside:avoid}
figcaption{font-weight:600;font-size:14px;margin-bottom:8px}
svg.chart{width:100%;height:auto;display:block}
svg .up{fill:var(--more)}svg .down{fill:var(--less)}
svg text{font:12px -apple-system,"Segoe UI",Arial,"Liberation Sans",sans-serif;fill:var(--ink)}
svg .day{fill:var(--soft);font-size:11px}svg .value{font-weight:600}
svg .zero{stroke:#9aa5b1;stroke-width:1}svg .line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}svg .dot{fill:var(--accent)}
#sources{font-size:11.5px;line-height:1.45;color:var(--soft);overflow-wrap:anywhere}
#sources p{font-size:13px}
#sources ol{list-style:none;margin:0;padding:0;columns:2;column-gap:26px}
#sources li{break-inside:avoid;margin:0 0 5px;padding-left:40px;text-indent:-40px;max-width:none}
#sources li.wide{column-span:all}
#sources li:target{background:#fff3c4;color:var(--ink)}
#sources b{display:inline-block;width:40px;white-space:nowrap;text-indent:0;color:var(--ink)}
#sources a{color:var(--accent);text-decoration:none}
@page{size:A4;margin:17mm 16mm 18mm}
@media print{html{font-size:10.5pt}body{max-width:none;padding:0}h2,h3,figcaption,caption{break-after:avoid}h2{margin-top:26px}a.n{border-bottom:0}#sources{break-before:page}}
@media (max-width:560px){body{padding:24px 16px}#sources ol{columns:1}table{display:block;overflow-x:auto}}
`
  .trim()
  .replaceAll('\n', '');
