// "清除" resets a form, but the browser leaves hidden fields alone: what the draft kept there is emptied first.
import { all } from '../core/dom'

document.addEventListener(
  'click',
  (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-restored] button') : null
    const form = button?.closest('form')
    if (form) all<HTMLInputElement>('input[type="hidden"][data-keep]', form).forEach((field) => (field.value = ''))
  },
  true,
)
