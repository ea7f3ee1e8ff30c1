const { Router } = require('express');

const comments = Router({ mergeParams: true });
const route = comments.route('/:id');

route.get((req, res) => res.json({}));
comments.post('', (req, res) => res.json({}));

exports.comments = comments;
