import app from './index';

const response = await app.request('/api/books');
const headers = new Headers();
headers.get('/content-type');
void response;
