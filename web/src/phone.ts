// The inspector's pages: everything essential is a plain form; this adds the camera, the place and patience with the network.
import './core/busy'
import './core/controls'
import './core/drafts'
import './core/maps'
import './core/place'
import './phone/position'
import './phone/send'
import './phone/shots'
