// The page's own events, so that `on` knows them.
declare global {
  interface DocumentEventMap {
    'draft-restored': CustomEvent
    'draft-discarded': CustomEvent
    'category-changed': CustomEvent
  }
}
export {}
