"""Those who do the same work, each as a process of its own."""
