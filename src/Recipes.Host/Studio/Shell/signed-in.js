// Tells the pages that wait for it that somebody signed in.
const channel = new BroadcastChannel('recipes');
channel.postMessage({ recipes: 'signed-in' });
channel.close();
