namespace VmNodeOps;

/// <summary>A step for whose maintenance a node need not exist any more: what the node left behind is what it is about.</summary>
internal interface IActsOnMissingNode;
