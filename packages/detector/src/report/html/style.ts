import { PALETTE } from '../drawing/palette.ts'
import { CHART_SHAPES } from '../drawing/timeline-chart.ts'

const variables = (theme: Readonly<Record<string, string>>) =>
  Object.entries(theme)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')

const LIGHT = `:root{color-scheme:light;${variables(PALETTE.light)}}`
const DARK = `:root{color-scheme:dark;${variables(PALETTE.dark)}}`

/** The whole style of the page; colours come from the palette, and paper always gets the light ones. */
export const STYLE = `${LIGHT}
@media (prefers-color-scheme:dark){${DARK}}
@media print{${LIGHT}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{margin:0;padding:0 1.25rem;background:var(--page);color:var(--ink);font:1rem/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,main,footer{max-width:58rem;margin:0 auto}
header{display:flex;gap:1rem;align-items:baseline;justify-content:space-between;padding-top:1.25rem;padding-bottom:.9rem;border-bottom:1px solid var(--rule)}
header p{margin:0}
.brand{font-weight:700;letter-spacing:-.01em}
.brand span{font-weight:400;color:var(--muted);margin-left:.45em}
.subject{color:var(--muted);text-align:right;overflow-wrap:anywhere}
h1,h2,h3,h4{line-height:1.2;margin:0;letter-spacing:-.012em;text-wrap:balance}
h1{font-size:clamp(2rem,6vw,2.9rem);font-weight:700;letter-spacing:-.025em}
h2{font-size:1.45rem;font-weight:650;margin-bottom:1rem}
h3{font-size:1.2rem;font-weight:650}
h4{font-size:.95rem;font-weight:650;margin-bottom:.4rem}
p{margin:0 0 .75rem}
section{margin-top:3rem}
.likely_manipulated{--band:var(--likely_manipulated);color:var(--band)}
.inconclusive{--band:var(--inconclusive);color:var(--band)}
.likely_authentic{--band:var(--likely_authentic);color:var(--band)}
.symbol{width:.72em;height:.72em;fill:currentColor;margin-right:.4em;flex:none;vertical-align:baseline}
.verdict{margin-top:0;padding:2.25rem 0 0}
.verdict>.lead{font-size:1.15rem;max-width:44rem;margin:.6rem 0 0}
.estimate{display:grid;grid-template-columns:auto 1fr;gap:.4rem 2rem;align-items:center;margin-top:1.75rem;padding:1.4rem 1.5rem;background:var(--surface);border-radius:.6rem}
.figure{font-size:3.1rem;font-weight:650;line-height:1;letter-spacing:-.03em;font-variant-numeric:tabular-nums;margin:0;color:var(--ink)}
.figure small{display:block;font-size:.86rem;font-weight:400;letter-spacing:0;color:var(--muted);margin-top:.5rem}
.scale{width:100%;height:58px;overflow:visible;display:block}
.scale .track{stroke:var(--rule);stroke-width:6;stroke-linecap:round}
.scale .interval{stroke:currentColor;stroke-width:6;stroke-linecap:round;opacity:.45}
.scale .zone{stroke:currentColor;stroke-width:3}
.scale .point{fill:currentColor;stroke:var(--surface);stroke-width:2}
.scale text{fill:var(--muted);font-size:12px;font-variant-numeric:tabular-nums}
.estimate>.explain{grid-column:1/-1;margin:.6rem 0 0;font-size:.94rem;max-width:50rem}
.estimate>.explain:only-child{margin:0}
.explain p{margin:0 0 .45rem}.explain p:last-child{margin:0}
.caution{border-left:3px solid var(--inconclusive);padding:.1rem 0 .1rem .9rem;margin:1.25rem 0 0;max-width:50rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1.5rem 2.5rem;margin-top:1.9rem}
.pair h2{font-size:1.05rem;margin-bottom:.5rem}
ul{margin:0;padding-left:1.15rem}li{margin:.25rem 0}li::marker{color:var(--muted)}
figure{margin:0}
figcaption,.note,caption{color:var(--muted);font-size:.87rem;line-height:1.45}
figcaption{margin-top:.5rem}
img{display:block;max-width:100%;height:auto;border-radius:.35rem;background:var(--surface)}
.wide img{margin:0 auto;max-height:42rem;width:auto}
article{border-top:1px solid var(--rule);padding-top:1.4rem;margin-top:2.25rem}
article>header{flex-wrap:wrap;gap:.15rem 1.1rem;align-items:baseline;justify-content:flex-start;padding:0;border:0;margin:0 0 1.1rem;max-width:none}
article>header p{font-weight:600}
article>header .note{font-weight:400}
.pictures{display:grid;grid-template-columns:repeat(2,minmax(0,19rem));gap:1.25rem}
.pictures img{width:100%}
.tables>div>*+*{margin-top:1.75rem}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18.5rem,100%),1fr));gap:1.75rem 2.5rem;margin-top:1.6rem;align-items:start}
table{width:100%;border-collapse:collapse;font-size:.92rem}
caption{text-align:left;padding:0 0 .5rem;caption-side:top}
caption b{display:block;color:var(--ink);font-size:.95rem;font-weight:650}
th,td{text-align:left;vertical-align:top;padding:.42rem .75rem .42rem 0;border-top:1px solid var(--rule);font-weight:400}
tbody th>a{white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-size:.82rem;border-top:0;padding-top:0;vertical-align:bottom}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}
.meaning{display:block;color:var(--muted);font-size:.82rem;line-height:1.35}
.bar{display:block;height:.42rem;border-radius:.21rem;background:var(--rule);margin:.5rem 0 0;min-width:4rem;overflow:hidden}
.bar span{display:block;height:100%;background:var(--ink);opacity:.72}
.flag{display:block;font-size:.8rem;color:var(--likely_manipulated)}
.chart{display:block;width:100%;overflow:visible;color:var(--ink)}
.chart .grid{stroke:var(--rule)}.chart .axis,.chart .cut-name{fill:var(--muted)}.chart .tick,.chart .cut{stroke:var(--muted)}.chart .hollow{fill:var(--page)}
${CHART_SHAPES}
.over-time{margin-top:1.75rem}
dl{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;margin:0;font-size:.95rem}
dt,dd{margin:0;padding:.42rem 0;border-top:1px solid var(--rule)}
dt{color:var(--muted);padding-right:1rem}
dd{overflow-wrap:anywhere}
code{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.models{margin-top:1.5rem}.models h3{margin-bottom:.6rem;font-size:1.05rem}
a{color:inherit;text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--likely_authentic);outline-offset:2px}
footer{margin-top:3rem;padding-top:1.1rem;padding-bottom:2.5rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.87rem}
@media (max-width:36rem){
.estimate{grid-template-columns:1fr;padding:1.2rem;gap:1.1rem}
.pictures{grid-template-columns:1fr 1fr;gap:.75rem}
.sheet{overflow-x:auto}.sheet img{min-width:46rem}
dl{grid-template-columns:1fr}dd{border-top:0;padding-top:0}dt{padding-bottom:0}
section{margin-top:2.4rem}
}
@page{size:A4;margin:16mm 15mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#505965}}
@media print{
html{font-size:10pt}
th,td,dt,dd{padding-top:.26rem;padding-bottom:.26rem}
.bar{margin-top:.25rem}
article{margin-top:1.4rem}
body{padding:0}
header,main,footer{max-width:none}
body>header{padding-top:0}
h1{font-size:26pt}
section{margin-top:1.6rem}
.verdict{padding-top:1.4rem}
.wide img{max-height:76mm}.sheet img{max-height:98mm}
.pictures{grid-template-columns:repeat(2,52mm)}
.tables>div>*+*{margin-top:1.75rem}
.scroll{overflow:visible;break-inside:avoid}
footer{display:none}
section>h2+p{break-after:avoid}
.tables{grid-template-columns:1fr 1fr;gap:1.2rem 2rem}
figure,table,.estimate,.pair,.pictures,.chart,.over-time>figure,li,dt,dd{break-inside:avoid}
h2,h3,h4,article>header{break-after:avoid}
p,li{orphans:3;widows:3}
}`
