var router = require('express').Router();
const auth = require('../../middleware/auth');

router.use('/', require('./users'));
router.use('/profiles', auth.optional, require('./profiles'));
router.use('/articles', require('./articles').router);

router.use(function (err, req, res, next) {
  return next(err);
});

module.exports = router;
