// <div data-map data-lon data-lat data-pick>: the map of a case or a form, see docs/develop/screens.md.
import { Marker, type Map as Engine } from 'maplibre-gl'
import { placeOf, putPlace, type Place } from '../core/place'
import { getCatalogue, type Catalogue, type Layer } from './catalogue'
import { NEAR, openEngine } from './engine'
import { styleOf } from './paint'

// What helps to know a place again; cases and facilities are for the map page.
const LAYERS = new Set(['ground', 'cells', 'duty_grids', 'components'])
const COMPONENTS_FROM = 16 // near enough to tell one cover from the next; clusters would hide the marker

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

function middleOf(holder: HTMLElement, catalogue: Catalogue | null): Place {
  const { centreLon, centreLat } = holder.dataset
  if (centreLon && centreLat) return { lon: Number(centreLon), lat: Number(centreLat) }
  const extent = catalogue?.extent
  return extent ? { lon: (extent[0] + extent[2]) / 2, lat: (extent[1] + extent[3]) / 2 } : { lon: 121.48, lat: 31.22 }
}

/** Cells without the colours of their classes, components only from near. */
function quietly(layer: Layer): Layer {
  if (layer.name === 'cells') return { ...layer, parts: layer.parts.map((part) => ({ ...part, legend: [] })) }
  return layer.name === 'components' ? { ...layer, min_zoom: COMPONENTS_FROM } : layer
}

/** Where it was before, in grey, when it is to be moved; both are in view. */
function showFormer(engine: Engine, holder: HTMLElement, now: Place | null): void {
  const { wasLon, wasLat } = holder.dataset
  if (!wasLon || !wasLat) return
  const was = { lon: Number(wasLon), lat: Number(wasLat) }
  new Marker({ color: '#6b7280' }).setLngLat([was.lon, was.lat]).addTo(engine)
  if (!now) return
  const [west, east] = [Math.min(was.lon, now.lon), Math.max(was.lon, now.lon)]
  const [south, north] = [Math.min(was.lat, now.lat), Math.max(was.lat, now.lat)]
  engine.fitBounds([west, south, east, north], { padding: 60, maxZoom: 18, animate: false })
}

/** Draw the map of this element; throws where the engine cannot. Without base data the marker still shows, on plain ground. */
export async function drawMap(holder: HTMLElement): Promise<void> {
  const part = holder.closest<HTMLElement>('[data-place]')
  const catalogue = await getCatalogue().catch(() => null)
  if (!holder.isConnected) return
  const start = startOf(holder, part)
  const layers = (catalogue?.layers ?? []).filter(({ name }) => LAYERS.has(name)).map(quietly)
  const style = styleOf(catalogue, { layers, shown: LAYERS, of: {} })
  const engine = openEngine(holder, { style, centre: start ?? middleOf(holder, catalogue), zoom: start ? NEAR : 13.5, attribution: catalogue?.attribution ?? '' })
  const marker = new Marker({ color: '#c3221f' })
  if (start) marker.setLngLat([start.lon, start.lat]).addTo(engine)
  showFormer(engine, holder, start)
  if (holder.dataset['pick'] !== undefined && part) letPick(engine, holder, part, marker)
}
