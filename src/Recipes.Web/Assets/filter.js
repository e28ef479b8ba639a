// Narrows a list while one types: every word has to be found in an item's words. Without this the form is sent, and the server looks.
for (const input of document.querySelectorAll('input[data-filters]')) {
  const list = document.getElementById(input.dataset.filters);
  const items = [...list.querySelectorAll('[data-words]')];
  const told = document.querySelector(`[data-found="${list.id}"]`);
  const none = document.querySelector(`[data-none="${list.id}"]`);
  const linkOf = (item) => item.querySelector('a');
  const shown = () => items.filter((item) => !item.hidden);

  const update = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
    const found = shown().length;
    told.textContent = words.length === 0 ? told.dataset.all : found === 1 ? told.dataset.one : told.dataset.some.replace('{n}', found);
    if (none) none.hidden = found > 0;
    const address = new URL(location.href);
    if (input.value) address.searchParams.set(input.name, input.value);
    else address.searchParams.delete(input.name);
    history.replaceState(history.state, '', address);
  };

  input.addEventListener('input', update);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && input.value) {
      input.value = '';
      update();
      event.preventDefault();
    } else if (event.key === 'ArrowDown' && shown().length > 0) {
      linkOf(shown()[0]).focus();
      event.preventDefault();
    } else if (event.key === 'Enter' && shown().length === 1) {
      linkOf(shown()[0]).click();
      event.preventDefault();
    }
  });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = shown().findIndex((item) => item.contains(document.activeElement));
    if (!step || at < 0) return;
    event.preventDefault();
    (at + step < 0 ? input : linkOf(shown()[Math.min(at + step, shown().length - 1)])).focus();
  });
  // A browser that went back keeps what was typed.
  if (input.value !== input.defaultValue) update();
}
