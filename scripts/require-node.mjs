// Runs before anything else (`node --import`), in a Node of any age: hence plain, old JavaScript and no imports.
// Without it an old Node would only say ERR_UNKNOWN_FILE_EXTENSION at the first .ts file.
// The sources are run as they are, and `await using` is in them; what is built from them runs on older releases, too.
var needed = [24, 0, 0]

function isOlder(running) {
  var i
  for (i = 0; i < needed.length; i++) {
    if (running[i] !== needed[i]) return running[i] < needed[i]
  }
  return false
}

if (isOlder(process.versions.node.split('.').map(Number))) {
  console.error(
    'The scripts of this repository need Node ' +
      needed[0] +
      ' or later, and this is Node ' +
      process.versions.node +
      '.\n' +
      'The project brings its own: run `npm ci` once, then use the npm scripts (`npm start`, `npm test`, …),\n' +
      'which find it before the one on your PATH.'
  )
  process.exit(1)
}
