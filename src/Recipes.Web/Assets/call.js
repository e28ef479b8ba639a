// The form that calls a recipe: JSON is checked while one types, and times are typed in the reader's own zone.
const form = document.querySelector('form[data-call]');

const shapeOf = (value) => (Array.isArray(value) ? 'list' : value !== null && typeof value === 'object' ? 'object' : 'any');

for (const area of form.querySelectorAll('[data-json]')) {
  const told = document.getElementById(`${area.id}-check`);
  const check = () => {
    let fault = '';
    if (area.value.trim()) {
      try {
        const shape = shapeOf(JSON.parse(area.value));
        if (area.dataset.json !== 'any' && shape !== area.dataset.json) fault = area.dataset.json === 'list' ? 'This is no list: it begins with [ and ends with ].' : 'This is no object: it begins with { and ends with }.';
      } catch (error) {
        fault = `This is not JSON yet: ${error.message}`;
      }
    }
    area.setCustomValidity(fault);
    return fault;
  };
  // Told when one stops, not at every key.
  let wait;
  area.addEventListener('input', () => {
    const fault = check();
    clearTimeout(wait);
    if (!fault) told.textContent = '';
    else wait = setTimeout(() => (told.textContent = fault), 700);
  });
  area.addEventListener('change', () => (told.textContent = check()));
}

const offsetOf = (date) => {
  const minutes = -date.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
};

for (const moment of form.querySelectorAll('[data-moment]')) {
  const zone = moment.nextElementSibling;
  const two = (number) => String(number).padStart(2, '0');
  // What the server shows is in UTC; browsers write the same time in more than one way.
  if (moment.value && Date.parse(moment.value) === Date.parse(moment.defaultValue)) {
    const at = new Date(`${moment.value}Z`);
    moment.value = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  }
  const update = () => (zone.value = moment.value ? offsetOf(new Date(moment.value)) : '');
  moment.closest('.field').querySelector('[data-zone]').textContent = `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
  moment.addEventListener('input', update);
  update();
}
