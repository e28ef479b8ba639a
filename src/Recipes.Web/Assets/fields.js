// Shows those fields of a form that are asked for under the values of others, and keeps the rest out of what is sent.
// Without this file all of them are shown, each with the condition in words, and the server ignores what does not apply.

const controlOf = (form, name) => form.elements.namedItem(name);

const valueOf = (control, box) => {
  const value = control instanceof RadioNodeList || control.type !== 'checkbox' ? control.value : String(control.checked);
  return value === '' ? (box.dataset.otherwise ?? '') : value;
};

const isAsked = (form, box) => {
  const control = controlOf(form, box.dataset.when);
  if (!control) return true;
  const above = (control instanceof RadioNodeList ? control[0] : control).closest('[data-when]');
  if (above && !isAsked(form, above)) return false;
  const value = valueOf(control, box);
  return JSON.parse(box.dataset.is).includes(value) || (value === '' && box.hasAttribute('data-open'));
};

const update = (form) => {
  for (const box of form.querySelectorAll('[data-when]')) {
    const asked = isAsked(form, box);
    box.hidden = !asked;
    for (const control of box.querySelectorAll('input, select, textarea')) {
      control.disabled = !asked;
      if (control.hasAttribute('data-required')) control.required = asked;
    }
  }
};

for (const form of document.querySelectorAll('form:has([data-when])')) {
  for (const words of form.querySelectorAll('.when')) words.hidden = true;
  form.addEventListener('input', () => update(form));
  form.addEventListener('change', () => update(form));
  update(form);
}
