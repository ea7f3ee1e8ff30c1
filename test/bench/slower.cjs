// Loaded into the node-classifier example: before it answers it classifies SLOWER_COPIES more copies of a reading than the 48 it does
// anyway, for every answer, or with SLOWER_EVERY for one in so many, or with SLOWER_FIRST only for so many at first. That is work of its
// own kind, so that it takes the same share of the time whatever speed the machine has at the moment.
const http = require('node:http');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const MODEL = path.join(__dirname, '../../examples/node-classifier/model.mjs');
const READING = [0.1, 0.4, 0.2, 0.9, 0.3, 0.5, 0.7, 0.6];
const copies = Number(process.env.SLOWER_COPIES ?? 0);
const every = Number(process.env.SLOWER_EVERY ?? 1);
const first = Number(process.env.SLOWER_FIRST ?? Number.POSITIVE_INFINITY);
const emit = http.Server.prototype.emit;
let classifier = null;
let count = 0;

if (copies > 0) {
  import(pathToFileURL(MODEL).href).then(({ Classifier }) => {
    classifier = new Classifier(Math.random);
  });
}

http.Server.prototype.emit = function (event, ...args) {
  const isWork = event === 'request' && args[0].method === 'POST';
  if (isWork && ++count % every === 0 && count <= first) {
    for (let copy = 0; copy < copies; copy++) classifier.scores(classifier.features(READING));
  }
  return emit.call(this, event, ...args);
};
