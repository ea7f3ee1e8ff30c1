const express = require('express');
const { comments } = require('./comments');

const router = express.Router();
const BY_SLUG = '/:slug';

router.all('/feed', (req, res) => res.json([]));
router.get(['/', '/all'], (req, res) => res.json([]));
router.get(BY_SLUG, (req, res) => res.json({}));
router.use(`${BY_SLUG}/comments`, comments);

module.exports = { router, BY_SLUG };
