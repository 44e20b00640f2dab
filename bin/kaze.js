#!/usr/bin/env node
// The `kaze` command: looks at Node and at the machine, then hands over. Every Node from 10 on must be able to read this
// file to the end and say what is wrong, as a script and as a module: so no import, export, require or newer syntax.
(() => {
  var found = process.versions.node.split('.').map(Number);
  if (found[0] < 20 || (found[0] === 20 && found[1] < 19)) {
    console.error(`Kaze needs Node 20.19 or later; this is Node ${process.versions.node} (${process.execPath}).`);
    console.error('Get a current one from https://nodejs.org, or with a version manager: nvm install 24');
    process.exit(1);
  }
  import('./launch.mjs')
    .then((launcher) => launcher.launch(process.argv.slice(2)))
    .catch((error) => {
      console.error(error instanceof Error && error.forUser ? error.message : error);
      process.exitCode = 1;
    });
})();
