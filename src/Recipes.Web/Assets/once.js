// A form with data-once is sent once, however often its button is clicked; meanwhile the button says so.
for (const form of document.querySelectorAll('form[data-once]')) {
  const button = form.querySelector('button[type=submit]');
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    button.textContent = button.dataset.busy;
  });
}

addEventListener('pageshow', (event) => {
  // Gone back to: it may be sent again.
  if (event.persisted) location.reload();
});
