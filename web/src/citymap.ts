// The map page. The rest comes as a file of its own: an entry must not be imported by the files that it loads later, since
// Django gives entries other names.
import './core/office'

void import('./citymap/page')
