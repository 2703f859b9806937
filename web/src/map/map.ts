// <div data-map data-lon data-lat data-base-map-url data-attribution data-pick>, see docs/develop/screens.md.
import './polyfill'
import { AttributionControl, Map as Engine, Marker, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import { placeOf, putPlace, type Place } from '../core/place'
import { t } from '../core/texts'
import { baseStyle } from './style'
import workerUrl from './worker?worker&url'

setWorkerUrl(new URL(workerUrl, import.meta.url).href)

const BASE_MAP = '/api/v1/base-map'
const ATTRIBUTION = '© OpenStreetMap contributors'
const LAYERS = 'streets,cells,duty_grids'
const NEAR = 16.5
const WITH_COMPONENTS = 16
const MOST_DEGREES = 0.25 // what the service gives in one answer

type Box = [number, number, number, number]

/** The view, half as large again on each side, so that a small move asks for nothing. */
function padded(engine: Engine): Box {
  const bounds = engine.getBounds()
  const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
  const spare = (size: number) => Math.max(0, Math.min(size / 2, (MOST_DEGREES * 0.98 - size) / 2))
  const [x, y] = [spare(east - west), spare(north - south)]
  return [west - x, south - y, east + x, north + y]
}

function covers(box: Box | null, engine: Engine): boolean {
  const bounds = engine.getBounds()
  return box !== null && box[0] <= bounds.getWest() && box[1] <= bounds.getSouth() && box[2] >= bounds.getEast() && box[3] >= bounds.getNorth()
}

/** Who made the base data is always shown: the answer itself says it. */
function credit(engine: Engine, words: string): (next: string) => void {
  let shown = words
  let control = new AttributionControl({ compact: false, customAttribution: words })
  engine.addControl(control)
  return (next) => {
    if (!next || next === shown) return
    shown = next
    engine.removeControl(control)
    control = new AttributionControl({ compact: false, customAttribution: next })
    engine.addControl(control)
  }
}

function followBaseMap(engine: Engine, url: string, tell: (attribution: string) => void): void {
  let have: Box | null = null
  let detailed = false
  let asking: AbortController | null = null
  const load = async (): Promise<void> => {
    const wanted = engine.getZoom() >= WITH_COMPONENTS
    if (covers(have, engine) && (detailed || !wanted)) return
    asking?.abort()
    asking = new AbortController()
    const box = padded(engine)
    try {
      const layers = wanted ? `${LAYERS},components` : LAYERS
      const answer = await fetch(`${url}?bbox=${box.map((degree) => degree.toFixed(5)).join(',')}&layers=${layers}`, { signal: asking.signal })
      if (!answer.ok) return
      const found = (await answer.json()) as Exclude<Parameters<GeoJSONSource['setData']>[0], string> & { attribution?: string }
      engine.getSource<GeoJSONSource>('base')?.setData(found)
      tell(found.attribution ?? '')
      have = box
      detailed = wanted
    } catch {
      // the marker still shows on plain ground; the next move asks again
    }
  }
  engine.on('load', () => void load())
  engine.on('moveend', () => void load())
}

function startOf(holder: HTMLElement, part: HTMLElement | null): Place | null {
  const { lon, lat } = holder.dataset
  return (part && placeOf(part)) ?? (lon && lat ? { lon: Number(lon), lat: Number(lat) } : null)
}

function letPick(engine: Engine, holder: HTMLElement, part: HTMLElement, marker: Marker): void {
  holder.classList.add('cl-map--pick')
  let byHand = false // what is picked on the map is in view already; what was found by words may be anywhere
  const put = (place: Place): void => {
    byHand = true
    marker.setLngLat([place.lon, place.lat]).addTo(engine)
    putPlace(part, place)
  }
  marker.setDraggable(true)
  marker.on('dragend', () => {
    const { lng, lat } = marker.getLngLat()
    byHand = true
    putPlace(part, { lon: lng, lat })
  })
  engine.on('click', ({ lngLat }) => put({ lon: lngLat.lng, lat: lngLat.lat }))
  engine.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    const { lng, lat } = engine.getCenter()
    put({ lon: lng, lat })
  })
  part.addEventListener('place-changed', (event) => {
    const place = (event as CustomEvent<Place>).detail
    marker.setLngLat([place.lon, place.lat]).addTo(engine)
    if (!byHand) engine.jumpTo({ center: [place.lon, place.lat], zoom: Math.max(engine.getZoom(), NEAR) })
    byHand = false
  })
}

/** Draw the map of this element; throws where the engine cannot. */
export function drawMap(holder: HTMLElement): void {
  const part = holder.closest<HTMLElement>('[data-place]')
  const start = startOf(holder, part)
  const centre = start ?? { lon: Number(holder.dataset['centreLon'] ?? 121.48), lat: Number(holder.dataset['centreLat'] ?? 31.22) }
  const engine = new Engine({
    container: holder,
    style: baseStyle(),
    center: [centre.lon, centre.lat],
    zoom: start ? NEAR : 13.5,
    minZoom: 12,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    locale: { 'NavigationControl.ZoomIn': t('放大'), 'NavigationControl.ZoomOut': t('缩小'), 'Map.Title': t('地图：可用方向键移动，加减号缩放') },
  })
  engine.touchZoomRotate.disableRotation()
  engine.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  engine.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
  engine.on('load', () => (holder.dataset['mapReady'] = ''))
  const marker = new Marker({ color: '#c3221f' })
  if (start) marker.setLngLat([start.lon, start.lat]).addTo(engine)
  followBaseMap(engine, holder.dataset['baseMapUrl'] ?? BASE_MAP, credit(engine, holder.dataset['attribution'] ?? ATTRIBUTION))
  if (holder.dataset['pick'] !== undefined && part) letPick(engine, holder, part, marker)
  forgetWhenGone(engine, holder)
}

/** Panes are swapped; a map that has left the page gives its graphics memory back. */
function forgetWhenGone(engine: Engine, holder: HTMLElement): void {
  const gone = new MutationObserver(() => {
    if (holder.isConnected) return
    gone.disconnect()
    engine.remove()
  })
  gone.observe(document.body, { childList: true, subtree: true })
}
