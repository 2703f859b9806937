// The map page. Panel, search and list work alone; the engine is fetched only where it can draw.
import { isTrouble } from '../core/ask'
import { all, on, one } from '../core/dom'
import { canDrawMaps } from '../core/maps'
import { t } from '../core/texts'
import type { Drawing, Tool } from './sketch'
import { followData, watchTiles } from './follow'
import { openHere } from './here'
import { openKeys } from './keys'
import { openList } from './list'
import { openPanel } from './panel'
import { isNarrow, lookAt, openRoom, openSide, partOf, type Room } from './room'
import { openSearch } from './search'
import { sayTrouble } from './trouble'
import { getCatalogue, getImagery } from '../map/catalogue'

const RUN: Record<string, (room: Room) => void> = {
  full: () => void (document.fullscreenElement ? document.exitFullscreen() : one('[data-map-page]')?.requestFullscreen()),
  whole: (room) => {
    const { extent } = room.catalogue
    if (extent && room.chart) room.chart.fit(extent)
    else if (extent) lookAt(room, [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2])
  },
}

/** The engine and all that needs it. */
async function drawChart(room: Room, here: ReturnType<typeof openHere>): Promise<Drawing> {
  const [{ clusterAt, openChart }, { openSketch }, { openHeat }, { openClasses }, { openPrint }] = await Promise.all([
    import('./chart'), import('./sketch'), import('./warm'), import('./classes'), import('./print'),
  ])
  const chart = await openChart(room, partOf(room, 'canvas'))
  room.chart = chart
  RUN['print'] = openPrint(room, chart)
  const drawing = openSketch(room, chart, (event) => {
    const cluster = clusterAt(chart, event)
    if (cluster) chart.go(cluster, chart.engine.getZoom() + 2)
    else void here.show(event.lngLat.toArray())
  })
  chart.engine.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.defaultPrevented && !drawing.isOn()) void here.show(chart.engine.getCenter().toArray())
  })
  openHeat(room, chart)
  openClasses(room, chart)
  watchTiles(room, chart)
  chart.engine.resize()
  room.tell('view')
  return drawing
}

/** Without the engine: a circle around a place stands for the view. */
function openPlain(room: Room): void {
  room.root.setAttribute('data-plain', '')
  partOf(room, 'canvas').hidden = true
  partOf(room, 'plain').hidden = false
  openSide(room, 'list', true)
  const metres = one<HTMLSelectElement>('[data-metres]', room.root)
  metres?.addEventListener('change', () => {
    room.spot = { ...room.spot, metres: Number(metres.value) }
    room.tell('view')
  })
}

function bindButtons(room: Room, drawing: () => Drawing | null): void {
  on('click', '[data-side]', (button) => {
    const side = button.dataset['side'] as 'panel' | 'list'
    openSide(room, side, !room.root.hasAttribute(`data-${side}-open`))
  })
  on('click', '[data-tool]', (button) => {
    if (button.getAttribute('aria-pressed') === 'true') drawing()?.stop()
    else drawing()?.start(button.dataset['tool'] as Tool)
  })
  on('click', '[data-run]', (button) => RUN[button.dataset['run'] ?? '']?.(room))
  partOf(room, 'list-clear').addEventListener('click', () => {
    drawing()?.stop()
    if (!room.shape) return
    room.shape = null
    room.tell('shape')
  })
}

async function start(root: HTMLElement): Promise<void> {
  const canDraw = canDrawMaps()
  const [catalogue, imagery] = await Promise.all([getCatalogue(), getImagery()])
  const room = openRoom(root, catalogue, imagery)
  let drawing: Drawing | null = null
  const here = openHere(room)
  openPanel(room)
  openSearch(room)
  bindButtons(room, () => drawing)
  openKeys(root, () => {
    drawing?.stop()
    here.close()
    if (!isNarrow()) return
    openSide(room, 'panel', false)
    openSide(room, 'list', false)
  })
  openSide(room, 'panel', room.settings.panel && !isNarrow())
  openSide(room, 'list', room.settings.list && !isNarrow())
  followData(room)
  if (!canDraw) openPlain(room)
  else await drawChart(room, here).then((found) => (drawing = found), () => openPlain(room))
  openList(room)
  for (const button of all('[data-tool], [data-run="print"]', root)) button.toggleAttribute('disabled', !room.chart)
  root.setAttribute('data-map-page', 'ready')
}

const root = one('[data-map-page]')
if (root) {
  const begin = (): void => {
    start(root).catch((error: unknown) => {
      const holder = one('[data-part="trouble"]', root)
      if (!holder) throw error
      holder.hidden = false
      if (isTrouble(error)) holder.replaceChildren(sayTrouble('div', error, begin))
      else {
        holder.textContent = t('地图没有加载成功，请刷新页面')
        throw error
      }
    })
  }
  begin()
}
