document.getElementById("embedded").src = `dashboard.html${location.search}`;
