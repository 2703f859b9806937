// What every page of the office has. Entries import it, and no entry imports another: so its file has a hash in its name.
import './busy'
import './controls'
import './drafts'
import './htmx'
import './maps'
import './photos'
import './place'
