// The workspace of every seat.
import './core/office'
import './desk/list'
import './desk/keys'
import './desk/sound'
import './desk/refresh'
import './desk/done'
import './desk/focus'
