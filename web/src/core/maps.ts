// The map engine is a megabyte: it is fetched only where a map is, and only once it comes into view.
import { all, make, prepare } from './dom'
import { t } from './texts'

/** Whether this machine can draw a map at all. */
export function canDrawMaps(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null
  } catch {
    return false
  }
}

/** Without the map the place stays readable, and a form keeps its coordinate fields: the list twin works alone. */
function plain(place: HTMLElement, words: '本机不能显示地图，请按坐标和地址办理' | '地图没有加载成功，请按坐标和地址办理'): void {
  const { lon, lat, address } = place.dataset
  const where = lon && lat ? `${t('经度')} ${lon} · ${t('纬度')} ${lat}` : ''
  place.classList.add('cl-map--plain')
  place.replaceChildren(make('div', { class: 'cl-map__plain', role: 'note' }, make('span', {}, t(words)), make('strong', {}, address ?? ''), make('span', { class: 'cl-number' }, where)))
}

async function draw(place: HTMLElement): Promise<void> {
  if (!canDrawMaps()) return plain(place, '本机不能显示地图，请按坐标和地址办理')
  try {
    const { drawMap } = await import('../map/map')
    await drawMap(place)
  } catch {
    plain(place, '地图没有加载成功，请按坐标和地址办理')
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue
    seen.unobserve(entry.target)
    void draw(entry.target as HTMLElement)
  }
})

prepare((root) => {
  for (const place of all('[data-map]', root)) {
    if (place.dataset['mapped'] !== undefined) continue
    place.dataset['mapped'] = ''
    place.classList.add('cl-map')
    seen.observe(place)
  }
})
