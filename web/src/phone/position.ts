// Where the phone is. `[data-here]` in a `data-place` part asks for it; the fields stay open for a correction by hand.
import { on, one, prepare } from '../core/dom'
import { placeOf, putPlace, type Place } from '../core/place'
import { t, type Words } from '../core/texts'

interface Position extends Place {
  accuracy: number
  at: number
}

const FRESH = 120_000
const ROUGH = 500 // metres: a mast's position, not a street's
let last: Position | null = null

/** The last position, if it is not older than two minutes. */
export function knownPosition(): Position | null {
  return last && Date.now() - last.at < FRESH ? last : null
}

function tell(part: HTMLElement, words: Words, ...values: number[]): void {
  const place = one('[data-here-state]', part)
  if (place) place.textContent = t(words, ...values)
}

/** The distance in metres between two places, near enough for a street. */
function metres(one: Place, other: Place): number {
  const east = (other.lon - one.lon) * Math.cos((one.lat * Math.PI) / 180)
  return Math.hypot(east, other.lat - one.lat) * 111_320
}

function told(part: HTMLElement, here: Position): void {
  const { targetLon, targetLat } = part.dataset
  const accuracy = Math.round(here.accuracy)
  if (accuracy > ROUGH) tell(part, '误差太大，请到开阔处重新定位，或在地图上选点')
  else if (!targetLon || !targetLat) tell(part, '已定位，误差约 {0} 米', accuracy)
  else {
    const far = Math.round(metres(here, { lon: Number(targetLon), lat: Number(targetLat) }))
    const words = part.dataset['registered'] === undefined ? '已定位，误差约 {0} 米，距问题位置约 {1} 米' : '已定位，误差约 {0} 米，距登记位置约 {1} 米'
    tell(part, words, accuracy, far)
  }
}

function ask(part: HTMLElement): void {
  if (!('geolocation' in navigator)) return tell(part, '定位失败，请在地图上选点或填写地址')
  tell(part, '正在定位…')
  navigator.geolocation.getCurrentPosition(
    ({ coords, timestamp }) => {
      last = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: timestamp }
      putPlace(part, last)
      const accuracy = one<HTMLInputElement>('[data-accuracy-field]', part)
      if (accuracy) accuracy.value = String(Math.round(coords.accuracy))
      told(part, last)
    },
    (error) => tell(part, error.code === error.PERMISSION_DENIED ? '没有允许定位，请在地图上选点或填写地址' : '定位失败，请在地图上选点或填写地址'),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
  )
}

on('click', '[data-here]', (button) => {
  const part = button.closest<HTMLElement>('[data-place]')
  if (part) ask(part)
})
prepare((root) => {
  // A form that wants the place asks at once, unless it already has one (a draft, a refused form).
  const part = one('[data-place][data-here-first]', root)
  if (part && !placeOf(part)) ask(part)
  else if (part) {
    tell(part, '已有位置，可以重新定位')
    one('[data-lat-field]', part)?.dispatchEvent(new Event('change', { bubbles: true })) // words and neighbours of the place
  }
})
