// The registration page: one call after the other, by keyboard.
import './core/office'
import './intake/combo'
import './intake/looks'
import './intake/fields'
import './intake/shelf'
import './intake/saved'
import './desk/keys'
import './phone/shots'
