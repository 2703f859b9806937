// Pages that register base data: a form with photos and a place.
import './core/office'
import './phone/shots'
