// A form with `data-send` is sent without leaving the page, so that a dead network costs nothing: the page, its text and
// its photos stay, and trying again is the same action (client id). The server answers as it does htmx: HX-Redirect, or
// a refusal whose <main> replaces ours. Without this script the same form is posted plainly.
import { endBusy } from '../core/busy'
import { one, prepareAll } from '../core/dom'
import { keepDraft, settleDraft } from '../core/drafts'
import { hideTrouble, isSignIn, showOffline, showServerTrouble, showSignedOut } from '../core/network'
import { t } from '../core/texts'
import { hasUnsent } from './shots'

function refuseUnsent(form: HTMLFormElement): void {
  const place = one('[data-shots-state]', form)
  if (place) place.textContent = t('还有照片没有上传完')
  one('[data-shot]:not([data-shot="sent"]) [data-again]', form)?.focus()
}

function replaceMain(form: HTMLFormElement, html: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const [ours, theirs] = [one('main'), one('main', page)]
  if (!ours || !theirs) return showServerTrouble(() => form.requestSubmit())
  ours.innerHTML = theirs.innerHTML
  prepareAll(ours)
  window.scrollTo(0, 0)
  one('[role="alert"]', ours)?.scrollIntoView({ block: 'nearest' })
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const data = new FormData(form)
  if (submitter instanceof HTMLButtonElement && submitter.name) data.append(submitter.name, submitter.value)
  const answer = await fetch(form.action, { method: 'POST', body: data, headers: { 'HX-Request': 'true' }, redirect: 'manual' })
  const target = answer.headers.get('HX-Redirect')
  if (answer.status === 401 || isSignIn(target) || answer.type === 'opaqueredirect') return showSignedOut()
  if (answer.ok && target) {
    settleDraft(form)
    window.location.assign(target)
  } else if (answer.status >= 500) showServerTrouble(() => form.requestSubmit())
  else replaceMain(form, await answer.text())
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || form.dataset['send'] === undefined || event.defaultPrevented) return
  event.preventDefault()
  if (hasUnsent(form)) {
    endBusy(form)
    return refuseUnsent(form)
  }
  keepDraft(form)
  hideTrouble()
  form.dataset['busy'] = ''
  send(form, event.submitter)
    .catch(() => showOffline(() => form.requestSubmit()))
    .finally(() => endBusy(form))
})
