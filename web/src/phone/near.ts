// "Nearest first": the list of tasks is asked for again, from where the phone is.
import { all, on, one, prepare } from '../core/dom'
import { t } from '../core/texts'

on('click', '[data-near]', () => {
  const state = one('[data-near-state]')
  const tell = (words: string): void => {
    if (state) state.textContent = words
  }
  tell(t('正在定位…'))
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const address = new URL(window.location.href)
      address.searchParams.set('lon', coords.longitude.toFixed(6))
      address.searchParams.set('lat', coords.latitude.toFixed(6))
      window.location.assign(address)
    },
    () => tell(t('定位失败，请在地图上选点或填写地址')),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
  )
})
prepare((root) => {
  if ('geolocation' in navigator) all('[data-near]', root).forEach((button) => (button.hidden = false))
})
