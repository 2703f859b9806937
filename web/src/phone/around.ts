// The components around the phone: a list that is asked for again whenever the place changes.
import { one } from '../core/dom'
import type { Place } from '../core/place'

let asking: AbortController | null = null

document.addEventListener('place-changed', (event) => {
  const part = event.target instanceof HTMLElement ? one('[data-around]', event.target) : null
  if (!part) return
  const { lon, lat } = (event as CustomEvent<Place>).detail
  asking?.abort()
  asking = new AbortController()
  fetch(`${part.dataset['url']}?lon=${lon}&lat=${lat}`, { signal: asking.signal })
    .then(async (answer) => {
      if (answer.ok && !answer.redirected) part.innerHTML = await answer.text()
    })
    .catch(() => undefined) // the code can still be typed
})
