// Runs before the first paint, so that a page never flashes in the other theme or language. A file of its own,
// because the content security policy allows no inline script.
;(function () {
  var root = document.documentElement
  try {
    var theme = localStorage.getItem('arus.theme')
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    if (localStorage.getItem('arus.language') === 'en') root.lang = 'en'
  } catch {
    // Storage is switched off: the system's theme and Indonesian are used.
  }
})()
