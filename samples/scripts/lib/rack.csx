// Shared by scripts through #load.
static string LabelOf(string rack) => $"rack={rack}";
