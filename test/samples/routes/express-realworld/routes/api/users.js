var mongoose = require('mongoose');
var router = require('express').Router();
var auth = require('../../middleware/auth');
var User = mongoose.model('User');
var sessions = new Map();

router.get('/user', auth.required, function (req, res, next) {
  sessions.get('/user');
  User.get('/user', () => {});
  return res.json({ user: req.get('/header') });
});

router.put('/user', auth.required, function (req, res) {
  res.json({});
});

router.post('/users/login', (req, res) => res.json({}));

module.exports = router;
