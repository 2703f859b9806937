// One submit at a time: while a form is on its way, its buttons wait.
const LONGEST = 30_000

export const isBusy = (form: HTMLElement): boolean => form.dataset['busy'] !== undefined

export function startBusy(form: HTMLElement): void {
  form.dataset['busy'] = ''
  form.setAttribute('aria-busy', 'true')
}

export function endBusy(form: HTMLElement): void {
  delete form.dataset['busy']
  form.removeAttribute('aria-busy')
}

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method === 'dialog') return
    if (isBusy(form)) {
      event.preventDefault()
      event.stopImmediatePropagation()
      return
    }
    // After the other listeners: one of them may have refused the submit.
    window.setTimeout(() => {
      if (event.defaultPrevented && !form.hasAttribute('hx-post')) return
      startBusy(form)
      window.setTimeout(() => endBusy(form), LONGEST)
    })
  },
  true,
)
// Back from the browser's cache: the page returns as it was left, busy.
window.addEventListener('pageshow', () => document.querySelectorAll<HTMLElement>('[data-busy]').forEach(endBusy))
