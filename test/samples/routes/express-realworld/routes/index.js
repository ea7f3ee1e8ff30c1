const router = require('express').Router();

router.use('/api', require('./api'));
router.use(['/blog', '/journal'], require('./blog'));

module.exports = router;
