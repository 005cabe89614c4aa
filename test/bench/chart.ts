import type { Bar } from './table.js'

/** In pixels. */
const [WIDTH, LEFT, RIGHT, TOP, BAR, GAP, BOTTOM] = [760, 300, 56, 76, 15, 14, 30]
const ROOM = WIDTH - LEFT - RIGHT
const TICKS = [0, 0.25, 0.5, 0.75, 1]
/** Behind the bars of which a name has this word. */
const OWN = 'Bearward'

const STYLE = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .small { font-size: 12px; fill: #59636e }
  .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  .title { font-size: 15px; font-weight: 600 }
  .own { font-weight: 600 }
  .line { stroke: #d1d9e0 }
  .paper { fill: #ffffff }
  .series0 { fill: #0969da }
  .series1 { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .value { stroke: #0d1117 }
    .line { stroke: #3d444d }
    .paper { fill: #0d1117 }
    .series0 { fill: #4493f8 }
    .series1 { fill: #f0883e }
  }`

/**
 * Draws bars, one group for each application, as SVG: readable on light and on dark, and by those who hear it.
 *
 * @param title What the lengths mean.
 */
export function drawChart(title: string, bars: readonly Bar[]): string {
  const series = [...new Set(bars.map((bar) => bar.series))]
  const groups = [...new Set(bars.map((bar) => bar.of))]
  const pitch = series.length * BAR + GAP
  const bottom = TOP + groups.length * pitch
  const height = bottom + BOTTOM
  const most = Math.max(1, ...bars.map((bar) => bar.share))
  const toWidth = (share: number) => (share / most) * ROOM
  const drawn = groups.flatMap((of, index) => [
    drawName(of, TOP + index * pitch + (series.length * BAR) / 2),
    ...bars
      .filter((bar) => bar.of === of)
      .map((bar) => {
        const place = series.indexOf(bar.series)
        return drawBar(bar, place, TOP + index * pitch + place * BAR, toWidth(bar.share))
      }),
  ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(bars.map(toSentence).join('; '))}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="16" y="28">${escape(title)}</text>`,
    ...series.map(drawKey),
    ...TICKS.map((share) => drawTick(share, LEFT + toWidth(share), bottom)),
    ...drawn,
    '</svg>\n',
  ].join('\n')
}

function drawName(name: string, y: number): string {
  const kind = name.includes(OWN) ? ' class="own"' : ''
  return `<text${kind} x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escape(name.replaceAll('`', ''))}</text>`
}

function drawBar({ share }: Bar, place: number, y: number, width: number): string {
  const rect = `<rect class="series${place}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" rx="2"/>`
  const x = (LEFT + width + 6).toFixed(1)
  return `${rect}<text class="small value" x="${x}" y="${y + 11}">${toPercent(share)}</text>`
}

function drawKey(series: string, place: number): string {
  const x = LEFT + place * 180
  const square = `<rect class="series${place}" x="${x}" y="44" width="12" height="12" rx="2"/>`
  return `${square}<text x="${x + 18}" y="55">${escape(series)}</text>`
}

function drawTick(share: number, x: number, bottom: number): string {
  const at = x.toFixed(1)
  const line = `<line class="line" x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${bottom}"/>`
  return `${line}<text class="small" x="${at}" y="${bottom + 17}" text-anchor="middle">${toPercent(share)}</text>`
}

function toSentence({ of, series, share }: Bar): string {
  return `${of.replaceAll('`', '')}, ${series.toLowerCase()}: ${toPercent(share)}`
}

function toPercent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
