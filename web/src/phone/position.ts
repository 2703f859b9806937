// Where the phone is. `[data-here]` in a `data-place` part asks for it; the fields stay open for a correction by hand.
import { on, one, prepare } from '../core/dom'
import { placeOf, putPlace, type Place } from '../core/place'
import { t, type Words } from '../core/texts'

interface Position extends Place {
  accuracy: number
  at: number
}

const FRESH = 120_000
let last: Position | null = null

/** The last position, if it is not older than two minutes. */
export function knownPosition(): Position | null {
  return last && Date.now() - last.at < FRESH ? last : null
}

function tell(part: HTMLElement, words: Words, ...values: number[]): void {
  const place = one('[data-here-state]', part)
  if (place) place.textContent = t(words, ...values)
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
      tell(part, '已定位，误差约 {0} 米', Math.round(coords.accuracy))
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
})
