// Buttons that copy what the field beside them holds. Without this they stay hidden, and the field can be marked by hand.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('button[data-copy-from]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).value);
      button.textContent = 'Copied';
    });
  }
}
