// The one way to open a map: engine, worker, controls, signs. Nothing is fetched but our own tiles and the outside map, if any.
import './polyfill'
import { AttributionControl, Map as Engine, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Place } from '../core/place'
import { t } from '../core/texts'
import { drawSign } from './symbols'
import workerUrl from './worker?worker&url'

setWorkerUrl(new URL(workerUrl, import.meta.url).href)

export const NEAR = 16.5
const ATTRIBUTION = '© OpenStreetMap contributors'

export interface Opening {
  style: StyleSpecification
  centre: Place
  zoom: number
  attribution: string
  /** Whether the picture must be readable afterwards, for printing. */
  keepsPicture?: boolean
}

export function openEngine(holder: HTMLElement, { style, centre, zoom, attribution, keepsPicture }: Opening): Engine {
  const engine = new Engine({
    container: holder,
    style,
    center: [centre.lon, centre.lat],
    zoom,
    minZoom: 8,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150,
    canvasContextAttributes: { preserveDrawingBuffer: keepsPicture ?? false },
    locale: { 'NavigationControl.ZoomIn': t('放大'), 'NavigationControl.ZoomOut': t('缩小'), 'Map.Title': t('地图：可用方向键移动，加减号缩放') },
  })
  engine.touchZoomRotate.disableRotation()
  engine.keyboard.disableRotation()
  engine.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  engine.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
  engine.addControl(new AttributionControl({ compact: false, customAttribution: attribution || ATTRIBUTION }))
  engine.setMissingStyleImageResolver((id) => {
    const picture = drawSign(id)
    if (picture) engine.addImage(id, picture, { pixelRatio: 2 })
  })
  engine.on('load', () => (holder.dataset['mapReady'] = ''))
  forgetWhenGone(engine, holder)
  return engine
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
