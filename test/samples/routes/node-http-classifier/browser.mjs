export function highlight(location, request) {
  if (location.pathname === '/login') return 'login';
  if (request.url === '/page') return 'page';
  return null;
}
