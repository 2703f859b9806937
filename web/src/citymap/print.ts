// A sheet of the map as it stands: title, picture, legend of what is shown, scale, who made the data, date.
import { make, one } from '../core/dom'
import { t } from '../core/texts'
import { groupsOf, legendPart } from '../map/legend'
import type { Chart } from './chart'
import { distance, sayLength } from './geometry'
import { plainLegend } from './panel'
import { isShown, partOf, type Room } from './room'

function legends(room: Room): HTMLElement[] {
  return room.catalogue.layers.filter((layer) => isShown(room, layer)).map((layer) => {
    const part = legendPart(layer)
    return make('section', {}, make('h3', {}, layer.label), ...(part && layer.group !== 'ground' ? [plainLegend(groupsOf(part))] : []))
  })
}

/** How much ground the picture's width shows: true however large it is printed. */
function scaleWords(chart: Chart): string {
  const [west, south, east, north] = chart.box()
  const lat = (south + north) / 2
  return t('图幅宽约 {0}', sayLength(distance([west, lat], [east, lat])))
}

const now = (): string => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date())

async function printSheet(room: Room, chart: Chart): Promise<void> {
  const picture = make('img', { src: await chart.picture(), alt: t('地图') })
  await picture.decode()
  const credit = one('.maplibregl-ctrl-attrib', room.root)?.textContent?.trim() ?? room.catalogue.attribution
  const heats = ['heat', 'classes'].map((name) => partOf(room, name)).filter(({ hidden }) => !hidden)
  partOf(room, 'sheet').replaceChildren(
    make('h1', {}, document.title),
    picture,
    make('div', { class: 'cl-map-sheet__legend' }, ...legends(room), ...heats.map((heat) => heat.cloneNode(true))),
    make('p', {}, [scaleWords(chart), credit, now()].join(' · ')))
  window.print()
}

export function openPrint(room: Room, chart: Chart): () => void {
  return () => void printSheet(room, chart)
}
