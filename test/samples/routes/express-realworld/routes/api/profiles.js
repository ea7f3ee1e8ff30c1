const express = require('express');
const router = express.Router({ mergeParams: true });

router.param('username', (req, res, next, username) => next());

router
  .route('/:username/follow')
  .post((req, res) => res.json({}))
  .delete((req, res) => res.json({}));

router.get('/:username', (req, res) => res.json({}));

module.exports = router;
