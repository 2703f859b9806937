import './core/office'
