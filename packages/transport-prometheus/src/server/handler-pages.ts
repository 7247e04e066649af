/** Which pages a handler serves: on a server of an application, all other pages are the application's. */
export type HandlerPages = 'metrics' | 'all'
